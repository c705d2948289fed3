-- Run once, when the database is made. The servers' role owns its database and nothing else; the superuser has no
-- password after this, and so enters by the socket in its container alone. The image has read POSTGRES_PASSWORD_FILE by now,
-- and taken it out of the environment in favour of POSTGRES_PASSWORD.
\set ON_ERROR_STOP on
\getenv password POSTGRES_PASSWORD
CREATE ROLE onlooker LOGIN PASSWORD :'password';
CREATE DATABASE faces OWNER onlooker;
ALTER ROLE postgres PASSWORD NULL;
\connect faces
CREATE EXTENSION vector;
