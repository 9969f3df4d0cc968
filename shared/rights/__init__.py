"""What a person may ask of us: to see everything that is held on them, and to have it removed."""
