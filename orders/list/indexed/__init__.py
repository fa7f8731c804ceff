"""The list where the index answers, since the Order API lacks a filter that is on, or all channels are asked."""
