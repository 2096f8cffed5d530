"""What each allowed layer makes of its inputs: shape, number of weights, multiplications. Nothing is built for it.

Shapes are without the batch, channels last. These rules are the list of layers that a foreign `.keras` file may name:
a layer without a rule is refused. They bound what a file would take before Keras sees it; the exact numbers are Keras's.
"""

from __future__ import annotations

import math

from genmodels.intake.keras_rules import (
    MOST_KERNEL,
    MOST_RANK,
    MOST_SIDE,
    MOST_UNITS,
    RULES,
    Made,
    Settings,
    Shape,
    only,
)
from genmodels.refusal import Refusal


@RULES.add(
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "AlphaDropout",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
    "Identity",
    "Activation",
    "ReLU",
    "LeakyReLU",
    "ELU",
    "Softmax",
    "UnitNormalization",
    "RandomFlip",
    "RandomRotation",
    "RandomZoom",
    "RandomTranslation",
    "RandomContrast",
    "RandomBrightness",
)
def as_it_is(settings: Settings, inputs: list[Shape]) -> Made:
    """The shape that comes in."""
    return Made(only(settings, inputs))


@RULES.add("Rescaling")
def rescaling(settings: Settings, inputs: list[Shape]) -> Made:
    """The shape that comes in; scale and offset must be numbers."""
    shape = only(settings, inputs)
    for name in ("scale", "offset"):
        value = settings.values.get(name, 0)
        if not isinstance(value, int | float) and not (isinstance(value, list) and len(value) == shape[-1]):
            raise settings.wrong(name, "it must be a number, or one for each channel")
    return Made(shape)


@RULES.add("PReLU")
def slopes(settings: Settings, inputs: list[Shape]) -> Made:
    """The shape that comes in, with a slope for every number; those of shared axes are few and not counted."""
    shape = only(settings, inputs)
    return Made(shape, 0 if settings.values.get("shared_axes") else math.prod(shape))


@RULES.add(
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization", "Normalization", "LayerScale"
)
def normalised(settings: Settings, inputs: list[Shape]) -> Made:
    """The shape that comes in; the normalised copy is kept beside it."""
    shape = only(settings, inputs)
    return Made(shape, 0, math.prod(shape))


@RULES.add("Dense")
def dense(settings: Settings, inputs: list[Shape]) -> Made:
    """The shape that comes in with `units` as its last side."""
    shape, units = only(settings, inputs), settings.whole("units", 1, MOST_UNITS)
    return Made(
        (*shape[:-1], units),
        (shape[-1] + 1) * units if settings.values.get("use_bias", True) else shape[-1] * units,
        math.prod(shape) * units,
    )


@RULES.add("Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
def convolved(settings: Settings, inputs: list[Shape]) -> Made:
    """A convolution: sides as the kernel, strides and padding leave them, `filters` channels."""
    sides = 1 if settings.layer.endswith("1D") else 2
    shape = settings.last(only(settings, inputs, sides + 1))
    kernel = settings.wholes("kernel_size", sides, 1, MOST_KERNEL)
    made = _windows(
        settings,
        shape[:-1],
        kernel,
        settings.wholes("strides", sides, 1, MOST_KERNEL, 1),
        settings.wholes("dilation_rate", sides, 1, MOST_KERNEL, 1),
    )
    channels, cells, places = shape[-1], math.prod(kernel), math.prod(made)
    depth = settings.whole("depth_multiplier", 1, 64, 1)
    if settings.layer.startswith("Depthwise"):
        filters, weights = channels * depth, cells * channels * depth
    elif settings.layer.startswith("Separable"):
        filters = settings.whole("filters", 1, MOST_UNITS)
        weights = cells * channels * depth + channels * depth * filters
    else:
        filters = settings.whole("filters", 1, MOST_UNITS)
        groups = settings.whole("groups", 1, 4096, 1)
        weights = cells * channels * filters // groups
    bias = filters if settings.values.get("use_bias", True) else 0
    between = places * channels * depth if settings.layer.startswith("Separable") else 0
    return Made((*made, filters), weights + bias, weights * places, between)


@RULES.add("Conv2DTranspose")
def spread(settings: Settings, inputs: list[Shape]) -> Made:
    """A transposed convolution: sides times the strides, `filters` channels."""
    shape = settings.last(only(settings, inputs, 3))
    kernel, strides = (
        settings.wholes("kernel_size", 2, 1, MOST_KERNEL),
        settings.wholes("strides", 2, 1, MOST_KERNEL, 1),
    )
    filters = settings.whole("filters", 1, MOST_UNITS)
    same = settings.either("padding", ("same", "valid"), "valid") == "same"
    made = tuple(
        side * step + (0 if same else max(cells - step, 0))
        for side, step, cells in zip(shape[:2], strides, kernel, strict=True)
    )
    weights = math.prod(kernel) * shape[-1] * filters
    return Made((*made, filters), weights + filters, weights * shape[0] * shape[1])


@RULES.add("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D")
def pooled(settings: Settings, inputs: list[Shape]) -> Made:
    """Pooling: sides as its size, strides and padding leave them, the channels as they are."""
    sides = 1 if settings.layer.endswith("1D") else 2
    shape = settings.last(only(settings, inputs, sides + 1))
    size = settings.wholes("pool_size", sides, 1, MOST_SIDE, 2)
    strides = size if settings.values.get("strides") is None else settings.wholes("strides", sides, 1, MOST_SIDE)
    return Made((*_windows(settings, shape[:-1], size, strides, (1,) * sides), shape[-1]))


def _windows(settings: Settings, sides: Shape, size: Shape, strides: Shape, dilation: Shape) -> Shape:
    """How many windows of that size fit on each side (at least one, or the layer is refused)."""
    same = settings.either("padding", ("same", "valid"), "valid") == "same"
    spans = [cells + (cells - 1) * (apart - 1) for cells, apart in zip(size, dilation, strict=True)]
    made = tuple(
        math.ceil(side / step) if same else (side - span) // step + 1
        for side, step, span in zip(sides, strides, spans, strict=True)
    )
    if min(made) < 1:
        raise Refusal(
            f"{settings.place} is given {' x '.join(map(str, sides))} numbers a channel, fewer than its window has; it can't work."
        )
    return made


@RULES.add("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D")
def pooled_whole(settings: Settings, inputs: list[Shape]) -> Made:
    """Pooling over all sides: the channels are left, and sides of 1 where they are kept."""
    sides = 1 if settings.layer.endswith("1D") else 2
    shape = settings.last(only(settings, inputs, sides + 1))
    return Made((*(1,) * sides, shape[-1]) if settings.either("keepdims", (True, False), False) else shape[-1:])


@RULES.add("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "TrueDivide", "Divide")
def combined(settings: Settings, inputs: list[Shape]) -> Made:
    """Shapes that are alike, or broadcast against each other."""
    rank = max(map(len, inputs))
    made = []
    for sides in zip(*((*(1,) * (rank - len(shape)), *shape) for shape in inputs), strict=True):
        if len(set(sides) - {1}) > 1:
            raise Refusal(f"{settings.place} is given unlike shapes {str(inputs)[:100]}; they must be alike.")
        made.append(max(sides))
    return Made(tuple(made))


@RULES.add("Concatenate")
def joined(settings: Settings, inputs: list[Shape]) -> Made:
    """Inputs side by side along one axis; raises `Refusal` where the other sides differ."""
    axis = settings.axis(len(inputs[0]))
    if any(
        len(shape) != len(inputs[0]) or shape[:axis] + shape[axis + 1 :] != inputs[0][:axis] + inputs[0][axis + 1 :]
        for shape in inputs
    ):
        raise Refusal(
            f"{settings.place} is given unlike shapes {str(inputs)[:100]}; they must be alike but for one axis."
        )
    return Made((*inputs[0][:axis], sum(shape[axis] for shape in inputs), *inputs[0][axis + 1 :]))


@RULES.add("Flatten")
def flat(settings: Settings, inputs: list[Shape]) -> Made:
    """All numbers in one row."""
    return Made((math.prod(settings.last(only(settings, inputs))),))


@RULES.add("Reshape")
def reshaped(settings: Settings, inputs: list[Shape]) -> Made:
    """The target shape, one side of which may be found out (-1); raises `Refusal` where the numbers don't fill it."""
    shape, target = only(settings, inputs), settings.values.get("target_shape")
    if (
        not isinstance(target, list)
        or not 1 <= len(target) <= MOST_RANK
        or any(type(side) is not int or not (side == -1 or 1 <= side <= 2**24) for side in target)
    ):
        raise settings.wrong("target_shape", f"it must be 1 to {MOST_RANK} whole numbers")
    known, count = math.prod(side for side in target if side > 0), math.prod(shape)
    if target.count(-1) > 1 or count % known or (-1 not in target and known != count):
        raise Refusal(
            f"{settings.place} makes {count:,} numbers into the shape {str(target)[:60]}; their number must stay the same."
        )
    return Made(tuple(count // known if side == -1 else side for side in target))


@RULES.add("Permute")
def permuted(settings: Settings, inputs: list[Shape]) -> Made:
    """The axes in another order; raises `Refusal` where one is not named exactly once."""
    shape = only(settings, inputs)
    order = settings.wholes("dims", len(shape), 1, len(shape))
    if sorted(order) != list(range(1, len(shape) + 1)):
        raise settings.wrong("dims", "it must name each axis once")
    return Made(tuple(shape[axis - 1] for axis in order))


@RULES.add("RepeatVector")
def repeated(settings: Settings, inputs: list[Shape]) -> Made:
    """A row repeated n times: (n, width)."""
    return Made((settings.whole("n", 1, MOST_UNITS), *only(settings, inputs, 1)))


@RULES.add("UpSampling2D")
def upsampled(settings: Settings, inputs: list[Shape]) -> Made:
    """Both sides times the size."""
    shape, size = settings.last(only(settings, inputs, 3)), settings.wholes("size", 2, 1, MOST_KERNEL, 2)
    return Made((shape[0] * size[0], shape[1] * size[1], shape[2]))


@RULES.add("ZeroPadding2D", "Cropping2D")
def framed(settings: Settings, inputs: list[Shape]) -> Made:
    """Both sides with padding added or with cropping taken off."""
    shape = settings.last(only(settings, inputs, 3))
    name, sign = ("padding", 1) if settings.layer == "ZeroPadding2D" else ("cropping", -1)
    given = settings.values.get(name)
    sides = (
        [[given] * 2] * 2
        if type(given) is int
        else [[each] * 2 if type(each) is int else each for each in given]
        if isinstance(given, list)
        else []
    )
    if len(sides) != 2 or any(
        not isinstance(side, list)
        or len(side) != 2
        or any(type(each) is not int or not 0 <= each <= MOST_SIDE for each in side)
        for side in sides
    ):
        raise settings.wrong(name, f"it must be a whole number up to {MOST_SIDE}, or two for each side")
    made = tuple(side + sign * sum(more) for side, more in zip(shape[:2], sides, strict=True))
    if min(made) < 1:
        raise settings.wrong(name, "nothing of the picture would be left")
    return Made((*made, shape[2]))


@RULES.add("Resizing", "CenterCrop")
def resized(settings: Settings, inputs: list[Shape]) -> Made:
    """Pictures of the height and width that are set."""
    shape = settings.last(only(settings, inputs, 3))
    return Made((settings.whole("height", 1, MOST_SIDE), settings.whole("width", 1, MOST_SIDE), shape[2]))


@RULES.add("MultiHeadAttention")
def attended(settings: Settings, inputs: list[Shape]) -> Made:
    """Query, value and perhaps key, each (positions, numbers)."""
    if not 2 <= len(inputs) <= 3 or any(len(shape) != 2 for shape in inputs):
        raise Refusal(
            f"{settings.place} is given the shapes {str(inputs)[:100]}; query and value of two numbers each are needed."
        )
    settings.either("output_shape", (None,), None)
    if settings.values.get("attention_axes") not in (None, [1]):
        raise settings.wrong("attention_axes", "it must be 1, the axis of the positions")
    query, value = inputs[0], inputs[1]
    key = inputs[2] if len(inputs) == 3 else value
    heads, width = settings.whole("num_heads", 1, 256), settings.whole("key_dim", 1, 4096)
    deep = width if settings.values.get("value_dim") is None else settings.whole("value_dim", 1, 4096)
    weights = heads * (width * (query[1] + key[1]) + deep * (value[1] + query[1]))
    held = heads * (query[0] * value[0] * 2 + (query[0] + key[0]) * width + value[0] * deep)
    products = weights * max(query[0], value[0]) + heads * query[0] * value[0] * (width + deep)
    return Made(query, weights, products, held)
