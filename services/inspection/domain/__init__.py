"""The rules of inspection: visits and their records, checklists, hazards and their loop."""
