"""What there is: teams, people, environments, services, dependencies, connected systems, policy.

Nothing here knows a release or a plan.
"""
