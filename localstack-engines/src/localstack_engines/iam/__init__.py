"""IAM: whose credentials a request has, what the policies say about it, and the answer where they do not allow it."""
