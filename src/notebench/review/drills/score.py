"""stub"""
Scored=score=None
