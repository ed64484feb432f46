"""Compiled inner loops (extra `fast`: numba), each beside a road in numpy or a library.

A stage asks for a kernel and says how much CPU time it would save on its batch:

    kernel = compiled(SIGN, saving=len(codes) * SAVED_PER_CODE_POINT)
    rows = with_kernel(kernel, ...) if kernel else without(...)

It gets the compiled function, or None: the extra is not installed, the process has not yet done
enough work to pay for the start, nothing could be compiled, or CORPUSKIT_KERNELS=off. Both roads
give the same bytes, so that no key depends on numba and nobody sees which one was taken.

- `choice`: whether to use kernels, by the amount of work
- `compilation`: how they are compiled once per installation, and where they are kept
- `key_tables`, `sign`: from code points to MinHash signatures
- `count_words`: words, different words and repeated n-grams
- `fasttext_vectors`, `fasttext_labels`: inference of fastText models
"""

from corpuskit.kernels.choice import compiled
from corpuskit.kernels.compilation import Kernel

__all__ = ["Kernel", "compiled"]
