"""What the parts of the library hand each other: frozen Pydantic models."""
