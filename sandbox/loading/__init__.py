"""Orders from elsewhere: files of documents as `GET` returns them, read, checked and stored."""
