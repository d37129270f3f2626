"""Arrays of floats, as all sums and products are kept."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
