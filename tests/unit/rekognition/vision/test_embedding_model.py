"""Embeddings that were stored under a name must stay comparable with those made today."""

import numpy as np

from onlooker_rekognition.vision import EMBEDDING_MODEL, FaceAnalysis

# Of the astronaut's face, in thousandths, by the model that first had the name.
STORED = {
    "face-recognition-1": """
    -64 17 18 -66 -155 -16 -51 -124 105 -119 169 -48 -274 -38 7 151 -153 -164 -144 -72 20 45 -7 46 -252
    -276 -57 -99 14 -67 -52 84 -89 35 116 129 -5 -100 120 -74 -245 -31 64 182 302 -44 -5 -91 128 -291 25
    84 44 93 42 -174 -2 232 -265 -44 10 -173 -36 -35 148 114 -187 -140 186 -236 8 68 -112 -177 -307 -18
    433 184 -183 -28 -47 19 38 20 -45 -108 -131 36 206 -56 43 231 24 -25 47 125 -161 -62 -99 -32 -43 -67
    62 167 -113 190 -19 -35 -15 -63 -3 -86 145 -240 65 170 91 189 -5 41 -43 -56 -168 -30 20 -45 27 18
    """
}
CLOSE = 0.2  # two people are further apart than 0.6, one person's pictures up to 0.5


def test_an_embedding_made_today_is_comparable_with_one_stored_under_the_same_name(astronaut: FaceAnalysis) -> None:
    stored = np.array(STORED[EMBEDDING_MODEL].split(), float) / 1000
    assert np.linalg.norm(astronaut.embedding - stored) < CLOSE, (
        "Weights or alignment have changed: give EMBEDDING_MODEL another name, so that nothing old is compared with new"
    )
