"""Pages for people, made on the server: explanation, oversight and operation. Nothing here needs a script.

Like the API they turn requests into calls of services; what they show is Dutch, in short sentences.
"""
