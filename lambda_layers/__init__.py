"""The Lambda layers: a folder with requirements for each layer, and the module that builds them."""
