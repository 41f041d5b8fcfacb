"""What stands between an agent and a model provider that fails, is slow or costs too much.

onion      `resilient()`: the layers below, put together in their order
coalesce   identical requests in flight become one
chain      the models in order, within one deadline
budget     tokens and money, counted before the call
breaker    after some failures in a row, no calls for a while
retry      once more, where that is safe
attempt    one request: counted, and given up in time
spending   what a turn and an agent have spent so far
twins      an agent whose place its local twin takes when the model fails
"""
