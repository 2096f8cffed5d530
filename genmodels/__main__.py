"""`python -m genmodels`."""

import sys

from genmodels.commands.main import main

sys.exit(main())
