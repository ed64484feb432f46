"""Find duplicates: exact ones by hash, near ones by MinHash and exact comparison."""

from corpuskit.dedup.cluster import DEDUP_VERSION, Clusters, cluster
from corpuskit.dedup.near import Cluster, minhash, near_duplicates
from corpuskit.dedup.reasons import REASONS
from corpuskit.dedup.signatures import Signatures

__all__ = [
    "DEDUP_VERSION",
    "REASONS",
    "Cluster",
    "Clusters",
    "Signatures",
    "cluster",
    "minhash",
    "near_duplicates",
]
