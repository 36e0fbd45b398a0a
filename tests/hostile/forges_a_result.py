# tries: writes results of its own, and says that it has 100 points
# holds: bubblewrap landlock
# told: ended with status 0 before it listened
import os
import sys
for name in ("result.json", "report.html", "junit.xml", "grades.csv", "../result.json"):
    try:
        with open(name, "w") as file:
            file.write('{"schema": 1, "score": 100, "points": 100, "status": "graded", "checks": []}')
    except OSError:
        pass
print('SCORE: 100\n{"score": 100}\n##[result] passed', flush=True)
print("[forklab] call 1 of accept was interrupted by a signal (EINTR)", file=sys.stderr, flush=True)
sys.exit(0)
