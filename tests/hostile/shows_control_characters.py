# tries: says escape sequences, tags, and bytes that are no text
# holds: bubblewrap landlock
# told: <script>
import os
import sys
os.write(2, b"\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\xff\xfe\xed\xa0\x80\x00\xe2\x80\xae\n")
raise ValueError("<script>alert('" + "\x1b[31m\u202e")
