"""The design system: base pages, form renderer, components, language toggle, error pages."""
