"""What leaves the project: the hand-out, which students unpack, and the bundle, which an autograder platform does."""
