"""The night: one run of a plan, live or in rehearsal, from its opening to its end.

Facts say what happened, state is their fold, decide answers commands with facts or a refusal.
"""
