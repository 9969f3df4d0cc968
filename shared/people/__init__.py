"""What people do with predictions: find and explain them, compute them again, assess them, object to them."""
