"""`pytest` in this folder, or in student_template/, grades; `pytest tests` tests the grader itself."""

pytest_plugins = ["grader.plugin"]
