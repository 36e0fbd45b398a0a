"""Servers whose outcomes are known, and what grading them proves about the grader.

cases  ──> trials (graded on a machine put under strain, filed one by one) ──> figures ──> text, JSON, page, docs
"""
