"""The numbers behind training: the kernel's weights, what it says of texts that it has not seen, logistic curves.

All in single precision but the curves, by blocks: LAPACK's own factorising waits more than it computes where other
work shares the processors.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from scipy import linalg, sparse

from content.question_model import KINDS, Floats, bent

_RIDGE = 0.2
_BLOCK = 512  # rows of the kernel that are made, and solved, at once
_STEPS, _NEAR, _SHRINK = 30, 1e-6, 0.01  # of the logistic curves: the most, when they end, the penalty
_FARTHEST = 30.0  # on a logistic curve
FITTING = (_RIDGE, _STEPS, _NEAR, _SHRINK)  # what the outcome depends on


class Solved(Struct, frozen=True, eq=False):
    """The weights of one family, what a label has without any, and the scores of each utterance that went unseen."""

    weights: Floats
    usual: Floats
    unseen: Floats


def solved(vectors: sparse.csr_matrix, labelled: Floats, together: Sequence[slice]) -> Solved:
    """The weights w = K⁻¹y of the ridged kernel K = LLᵀ, and the scores of each group g without it: y - K⁻¹[g,g]⁻¹w.

    `labelled` (y): by text and label, 1 where it is meant. `together`: the groups, one behind the other to the end.
    L⁻¹ is needed from the first row on that goes unseen: K⁻¹[g,g] = L⁻¹[:,g]ᵀ L⁻¹[:,g], which is 0 above g.

    Raises:
        LinAlgError: the kernel is not positive definite.
    """
    factor = kernel_of(vectors)
    factor[np.diag_indices(len(factor))] += np.float32(_RIDGE)
    _factorise(factor)
    usual = labelled.mean(axis=0)
    meant = labelled - usual
    weights, failed = linalg.lapack.spotrs(factor.T, meant, lower=False)  # the transposed one is in LAPACK's order
    first = together[0].start
    inverse, failed_too = linalg.lapack.strtri(factor[first:, first:].T, lower=False)
    if failed or failed_too:
        raise linalg.LinAlgError("the kernel is singular")
    unseen = np.zeros_like(meant)
    for group in together:
        part = inverse[group.start - first : group.stop - first, group.start - first :]
        unseen[group] = meant[group] - np.linalg.solve(part @ part.T, weights[group])
    return Solved(weights, usual, unseen + usual)


def _factorise(kernel: Floats) -> None:
    """Put L, of LLᵀ, in the place of the kernel, of which the lower triangle counts."""
    for start in range(0, len(kernel), _BLOCK):
        stop = min(start + _BLOCK, len(kernel))
        kernel[start:, start:stop] -= kernel[start:, :start] @ kernel[start:stop, :start].T
        corner = np.linalg.cholesky(kernel[start:stop, start:stop])
        kernel[start:stop, start:stop] = corner
        below = kernel[stop:, start:stop]
        below[:] = linalg.solve_triangular(corner, below.T, lower=True).T


def kernel_of(vectors: sparse.csr_matrix) -> Floats:
    """Between all texts of a family: its lower triangle, with more at the ends of the blocks."""
    many = vectors.shape[0]
    kernel = np.zeros((many, many), np.float32)
    across = vectors.T.tocsc()
    for start in range(0, many, _BLOCK):
        stop = min(start + _BLOCK, many)
        cosines = (vectors[start:stop] @ across[:, :stop].tocsr()).toarray() / np.float32(KINDS)
        kernel[start:stop, :stop] = bent(cosines)
    return kernel


def logistic(facts: Floats, true: Floats, share: Floats) -> Floats:
    """The weights of a logistic curve through these facts, by Newton's steps; `share`: how much each counts."""
    facts, weights = facts.astype(np.float64), np.zeros(facts.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(facts @ weights, -_FARTHEST, _FARTHEST)))
        slope = facts.T @ (share * (true - chance)) - _SHRINK * weights
        bend = (facts * (share * chance * (1 - chance))[:, None]).T @ facts + _SHRINK * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < _NEAR:
            break
    return weights.astype(np.float32)
