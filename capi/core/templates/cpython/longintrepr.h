#include "../longintrepr.h"
