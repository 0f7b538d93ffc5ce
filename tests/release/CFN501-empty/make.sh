rm -r apps/handbook/dist/* apps/mirror/app
