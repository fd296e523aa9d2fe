"""Rule 19: what was cut off from the log, or forgotten by the broker, is loud.

`auto_offset_reset=earliest` alone would go on from where the log begins, and nobody would know.
"""

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.documents import RowsProtocol


async def gap(consumer: AIOKafkaConsumer, place: TopicPartition, rows: RowsProtocol) -> str | None:
    """What is missing between where the group had read to and where the log begins; None if nothing is.
    A place seen for the first time is committed before it is called known, so that no member leaves a
    known one without."""
    committed = await consumer.committed(place)
    beginning = (await consumer.beginning_offsets([place]))[place]
    name = f"{place.topic}/{place.partition}"
    if committed is None:
        if await rows.get(f"heard/{name}") is not None:
            return f"the broker forgot where {name} was read to"
        await consumer.commit({place: beginning})
        await rows.put({"_id": f"heard/{name}", "from": beginning})
        return None
    if committed < beginning:
        return f"{name} was read to {committed}, and the log begins at {beginning}"
    return None
