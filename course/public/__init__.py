"""Pages for anybody: home, certificate check, health, the styleguide."""
