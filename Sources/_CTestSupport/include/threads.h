// Programs that link this target compute on one thread; see threads.c.
#pragma once
