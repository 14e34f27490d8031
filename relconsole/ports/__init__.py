"""What the services need from outside, as Protocols; one adapter and one fake each."""
