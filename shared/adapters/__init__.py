"""What the product needs from the world outside, made real; only `shared.bootstrap` knows these modules."""
