"""What the metrics of a runtime have counted."""

from cds_service.metrics.events import PREFIX


def counted(runtime, name, **labels):
    """The value of one series, 0 when there is none; `name` without our prefix."""
    return runtime.metrics.registry.get_sample_value(PREFIX + name, labels) or 0


def counted_by(runtime, name, label, **labels):
    """Value by `label`, of the series of `name` that have these other labels and are not 0."""
    samples = (sample for metric in runtime.metrics.registry.collect() for sample in metric.samples)
    return {
        sample.labels[label]: sample.value
        for sample in samples
        if sample.name == PREFIX + name and sample.value and labels.items() <= sample.labels.items()
    }
