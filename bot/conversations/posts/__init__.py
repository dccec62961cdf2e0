"""What people do under a post: confirm it, undo it, enter it late."""
