//! What the server's build script does: the files browsers get.
