"""What a test asks a store."""

PATIENCE = 10


def due(store, limit=50, **how):
    return [row.fact.id for row in store.due(limit, **how).result(PATIENCE).rows]


def closed(store):
    return {row.fact.id: row.closed_as for row in store.journal_list().result(PATIENCE)}
