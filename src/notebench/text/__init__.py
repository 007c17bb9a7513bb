"""Sentences, tokens and numbers, all with character offsets."""

from .sentences import Span, locate, split_sentences
from .tokens import Token, content_words, tokens

__all__ = ["Span", "Token", "content_words", "locate", "split_sentences", "tokens"]
