"""HAProxy's configuration as a pure function of the edge's settings and the APIs: no module here does any I/O."""
