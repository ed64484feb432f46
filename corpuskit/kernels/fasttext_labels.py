"""The best labels of the vectors of a fastText classifier, with softmax or a tree of labels.

The same floats and the same order as in fastText 0.9 (`SoftmaxLoss`, `HierarchicalSoftmaxLoss`,
`Loss::findKBest`), bit by bit: sums in the same order, its widths of numbers, the heap of
libstdc++, on which it depends which of equally likely labels are reported.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from corpuskit.kernels.compilation import Kernel


def best_labels(  # noqa: PLR0912, PLR0915  # a kernel is one loop
    vectors: Any, counts: Any,
    columns: Any, left: Any, right: Any, is_tree: Any,
    least: Any,
    labels: Any, scores: Any,
) -> None:  # fmt: skip
    """Write the best labels of each vector, best first, as many as `labels` has columns.

    `columns` is the output matrix, transposed: a row per dimension. `left` and `right` are the
    children of each node of the tree. No label has a probability below `least`; what is left of
    `labels` is -1. A vector of no rows (`counts`) has no label.
    """

    def move_least(heap: Any, heap_labels: Any, length: Any) -> None:  # std::pop_heap
        score = heap[length - 1]
        label = heap_labels[length - 1]
        heap[length - 1] = heap[0]
        heap_labels[length - 1] = heap_labels[0]
        length -= 1
        hole = 0
        child = 0
        while child < (length - 1) // 2:
            child = 2 * (child + 1)
            if heap[child] > heap[child - 1]:
                child -= 1
            heap[hole] = heap[child]
            heap_labels[hole] = heap_labels[child]
            hole = child
        if length % 2 == 0 and child == (length - 2) // 2:
            child = 2 * (child + 1)
            heap[hole] = heap[child - 1]
            heap_labels[hole] = heap_labels[child - 1]
            hole = child - 1
        while hole > 0 and heap[(hole - 1) // 2] > score:
            heap[hole] = heap[(hole - 1) // 2]
            heap_labels[hole] = heap_labels[(hole - 1) // 2]
            hole = (hole - 1) // 2
        heap[hole] = score
        heap_labels[hole] = label

    dimensions = columns.shape[0]
    size = columns.shape[1]
    most = labels.shape[1]
    output = np.empty(size, np.float32)
    heap = np.empty(most + 1, np.float32)
    heap_labels = np.empty(most + 1, np.int32)
    stack = np.empty(2 * size + 1, np.int32)
    stack_scores = np.empty(2 * size + 1, np.float32)
    least_score = np.float32(math.log(np.float64(least) + 1e-5))
    for line in range(len(vectors)):
        labels[line, :] = -1
        if counts[line] == 0:
            continue
        output[:] = np.float32(0)
        for dimension in range(dimensions):
            weight = vectors[line, dimension]
            for label in range(size):
                output[label] += columns[dimension, label] * weight
        if not is_tree:
            largest = output[0]
            for label in range(size):
                largest = max(largest, output[label])
            total = np.float32(0)
            for label in range(size):
                output[label] = np.float32(math.exp(np.float64(output[label] - largest)))
                total += output[label]
            for label in range(size):
                output[label] /= total
        taken = 0
        following = 0
        stack[0] = 2 * size - 2
        stack_scores[0] = np.float32(0)
        depth = 1
        while True:
            if is_tree:
                if depth == 0:
                    break
                depth -= 1
                node = stack[depth]
                score = stack_scores[depth]
                if score < least_score or (taken == most and score < heap[0]):
                    continue
                if node >= size:
                    odds = np.float32(1) + math.exp(-output[node - size])
                    share = np.float32(1.0 / np.float64(odds))
                    rest = np.float32(1.0 - np.float64(share))
                    stack[depth] = right[node]
                    stack_scores[depth] = score + np.float32(math.log(np.float64(share) + 1e-5))
                    stack[depth + 1] = left[node]
                    stack_scores[depth + 1] = score + np.float32(math.log(np.float64(rest) + 1e-5))
                    depth += 2
                    continue
                label = node
            else:
                if following == size:
                    break
                label = following
                following += 1
                if output[label] < least:
                    continue
                score = np.float32(math.log(np.float64(output[label]) + 1e-5))
                if taken == most and score < heap[0]:
                    continue
            hole = taken
            while hole > 0 and heap[(hole - 1) // 2] > score:
                heap[hole] = heap[(hole - 1) // 2]
                heap_labels[hole] = heap_labels[(hole - 1) // 2]
                hole = (hole - 1) // 2
            heap[hole] = score
            heap_labels[hole] = label
            taken += 1
            if taken > most:
                move_least(heap, heap_labels, taken)
                taken -= 1
        for length in range(taken, 1, -1):
            move_least(heap, heap_labels, length)
        for place in range(taken):
            labels[line, place] = heap_labels[place]
            scores[line, place] = math.exp(heap[place])


_SCORES: Final = "float32[:, ::1]"
BEST_LABELS: Final = Kernel(
    best_labels,
    f"void({_SCORES}, int64[::1], {_SCORES}, int32[::1], int32[::1], boolean, float32, "
    f"int32[:, ::1], {_SCORES})",
)
