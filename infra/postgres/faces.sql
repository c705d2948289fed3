-- Run once, when the database is made. The servers' role owns its database and nothing else; the superuser has no
-- password after this, and so enters by the socket in its container alone.
\set ON_ERROR_STOP on
\set password `cat "$POSTGRES_PASSWORD_FILE"`
CREATE ROLE onlooker LOGIN PASSWORD :'password';
CREATE DATABASE faces OWNER onlooker;
ALTER ROLE postgres PASSWORD NULL;
\connect faces
CREATE EXTENSION vector;
