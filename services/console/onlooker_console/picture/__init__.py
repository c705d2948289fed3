"""What the page of one picture shows, made of what the services know: pure functions from their documents."""
