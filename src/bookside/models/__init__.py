"""The seams to AI models: embedders, tokenizers, and chat models."""
