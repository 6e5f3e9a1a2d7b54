mod moves;
