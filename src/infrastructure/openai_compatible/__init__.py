"""OpenAI and DeepSeek asked directly over HTTP, without a library between.

Same port, same answers as through litellm; a tenth of the processor time, and nothing to import.
"""
