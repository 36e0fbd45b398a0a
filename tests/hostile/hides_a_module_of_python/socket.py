raise RuntimeError("this is no module of Python's")
