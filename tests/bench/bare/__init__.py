"""A bare Django view to compare with: registered here only, never in the product."""
