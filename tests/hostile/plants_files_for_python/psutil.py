import json
import os

os.system("touch " + json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "targets.json")))["planted"])
