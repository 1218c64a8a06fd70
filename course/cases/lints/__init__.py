"""Advice on a case that can be played: what authors cannot see by playing it, each with its mend."""
